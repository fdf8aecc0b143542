/** The view "Table". */
import type { ViewProps } from '../../views.ts';

export default function Table(_props: ViewProps) {
  return <h1>Table</h1>;
}
