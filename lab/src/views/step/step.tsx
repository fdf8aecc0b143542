/** The view "Step". */
import type { ViewProps } from '../../views.ts';

export default function Step(_props: ViewProps) {
  return <h1>Step</h1>;
}
