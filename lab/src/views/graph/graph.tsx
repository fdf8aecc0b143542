/** The view "Graph". */
import type { ViewProps } from '../../views.ts';

export default function Graph(_props: ViewProps) {
  return <h1>Graph</h1>;
}
