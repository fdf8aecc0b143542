/** Lets the service worker keep the lab's files, when the page has nothing better to do. */

/** Milliseconds after which a view has certainly been drawn. */
const settle = 3000;

/** Browsers without service workers, and private windows that forbid them, show the lab as long as its server answers. */
export function keepOffline(): void {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return;
  const idle = globalThis.requestIdleCallback ?? ((work: () => void) => setTimeout(work));
  setTimeout(() => {
    idle(() => {
      // its scope is the folder of the page
      navigator.serviceWorker.register(new URL('offline.js', document.baseURI)).catch(() => {});
    });
  }, settle);
}
