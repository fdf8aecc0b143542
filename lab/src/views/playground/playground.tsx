/** The view "Playground". */
import type { ViewProps } from '../../views.ts';

export default function Playground(_props: ViewProps) {
  return <h1>Playground</h1>;
}
