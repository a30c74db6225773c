// The service worker: keeps every file of the page in a cache named after their version, and answers from it, so that the lab works without a
// network once it was loaded. The words of another language are kept once the page is in it. The build fills in the three names below.

const version = 'VERSION';
const files = 'FILES';
const words = 'WORDS';
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

/** A page in another language sends its name: `de`. */
self.addEventListener('message', (event) => {
  const ofIt = words.filter((file) => file.includes(`.${event.data}-`));
  event.waitUntil(caches.open(name).then((cache) => cache.addAll(ofIt)));
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
