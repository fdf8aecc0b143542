/** The view "Digits". */
import type { ViewProps } from '../../views.ts';

export default function Digits(_props: ViewProps) {
  return <h1>Digits</h1>;
}
