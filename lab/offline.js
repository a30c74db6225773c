// The service worker: keeps every file of the page in a cache named after their version, and answers from it, so that the lab works without a
// network once it was loaded. The build fills in the two names below.

const version = 'VERSION';
const files = 'FILES';
const name = `unrolled-lab-${version}`;

self.addEventListener('install', (event) => {
  event.waitUntil(
    caches
      .open(name)
      .then((cache) => cache.addAll(files))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener('activate', (event) => {
  const isOld = (key) => key.startsWith('unrolled-lab-') && key !== name;
  event.waitUntil(
    caches
      .keys()
      .then((keys) => Promise.all(keys.filter(isOld).map((key) => caches.delete(key))))
      .then(() => self.clients.claim()),
  );
});

/** A model that ships with the page is kept once somebody wanted it. */
async function fetched(request) {
  const response = await fetch(request);
  if (response.ok && request.url.endsWith('.model')) await (await caches.open(name)).put(request, response.clone());
  return response;
}

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== location.origin) return;
  event.respondWith(caches.match(request, { ignoreSearch: true }).then((kept) => kept ?? fetched(request)));
});
