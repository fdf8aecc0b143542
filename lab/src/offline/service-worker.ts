/**
 * The service worker, which keeps the lab's files so that the page opens without its server. It answers for this site only.
 * A page comes from the network first, so that a newer version is seen; a file whose name changes with its content comes from the
 * cache. Responses are kept with their headers, so that the page stays isolated and keeps its content security policy.
 */

/** What a service worker has and a page does not. */
interface Scope {
  readonly registration: ServiceWorkerRegistration;
  addEventListener(
    kind: 'install' | 'activate' | 'fetch',
    listener: (event: {
      readonly request: Request;
      waitUntil(work: Promise<unknown>): void;
      respondWith(answer: Promise<Response>): void;
    }) => void,
  ): void;
}
const worker = globalThis as unknown as Scope;

/** The files of the lab by their paths, and a hash of all. The build writes them here. */
declare const siteFiles: readonly string[];
declare const siteVersion: string;

// several sites of one origin have caches of their own
const prefix = `chainrule-lab ${worker.registration.scope} `;
const current = prefix + siteVersion;
/** Pages beside the lab, such as the guides, once they were visited. */
const visited = `${prefix}visited`;

/** Files that are fetched at the same time: few, because the page may be training. */
const parallel = 4;
/** Milliseconds until a page comes from the cache because the network is silent. */
const patience = 4000;

const addressOf = (path: string): string => new URL(path, worker.registration.scope).href;
const home = addressOf('');
const known = new Set(siteFiles.map(addressOf));
/** Whether the file's name changes with its content. */
const keeps = (address: string): boolean => address.startsWith(addressOf('assets/'));

worker.addEventListener('install', (event) => event.waitUntil(fill()));
worker.addEventListener('activate', (event) => event.waitUntil(clean()));
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const address = request.url.replace(/[?#].*$/, '');
  if (request.method !== 'GET' || !address.startsWith(home)) return;
  event.respondWith(keeps(address) ? kept(request) : fresh(request, address));
});

/** Keeps every file of the lab. What an older version has kept is not fetched again. */
async function fill(): Promise<void> {
  const cache = await caches.open(current);
  const waiting = [home, ...known];
  const work = async (): Promise<void> => {
    for (let address = waiting.pop(); address !== undefined; address = waiting.pop()) {
      const old = keeps(address) ? await caches.match(address, { ignoreVary: true }) : undefined;
      const response = old ?? (await fetch(address, { cache: keeps(address) ? 'default' : 'no-cache' }));
      if (!response.ok) throw new Error(`${address} is missing.`);
      // a page that was redirected is refused as the answer to a navigation; its copy is not
      await cache.put(address, response.redirected ? new Response(response.body, response) : response);
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
}

async function clean(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(prefix) && name !== current && name !== visited);
  await Promise.all(old.map((name) => caches.delete(name)));
}

async function kept(request: Request): Promise<Response> {
  const found = await (await caches.open(current)).match(request, { ignoreVary: true });
  return found ?? fetch(request);
}

/** Ends for ever where another program has taken the lab's address, as on a port of one's own machine. */
async function leaveTo(response: Response): Promise<void> {
  if ((await response.text()).includes('<title>chainrule lab')) return;
  await worker.registration.unregister();
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(prefix)).map((name) => caches.delete(name)));
}

/** From the network, or as it was kept if there is none. */
async function fresh(request: Request, address: string): Promise<Response> {
  const isLab = address === home || address === addressOf('index.html');
  const find = async () =>
    (await (await caches.open(current)).match(isLab ? home : address, { ignoreVary: true })) ??
    (await (await caches.open(visited)).match(address, { ignoreVary: true }));
  const asked = fetch(request).then(async (response) => {
    if (isLab && response.ok) await leaveTo(response.clone());
    // the lab's own page is kept with its files only, as one version
    if (response.ok && !isLab && !known.has(address)) {
      const copy = response.clone();
      await (await caches.open(visited)).put(address, copy).catch(() => {});
    }
    return response;
  });
  const late = new Promise<Response | undefined>((resolve) => setTimeout(() => resolve(find()), patience));
  try {
    return (await Promise.race([asked, late])) ?? (await asked);
  } catch (error) {
    const found = await find();
    if (found === undefined) throw error;
    return found;
  }
}
