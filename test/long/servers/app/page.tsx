/** A server component: it predicts while the page is made. */
import { predicted } from '../src/model.ts';

export const dynamic = 'force-dynamic';

export default async function Page() {
  return <p>{await predicted()}</p>;
}
