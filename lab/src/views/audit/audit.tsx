/** The view "Audit". */
import type { ViewProps } from '../../views.ts';

export default function Audit(_props: ViewProps) {
  return <h1>Audit</h1>;
}
