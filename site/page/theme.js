// Light or dark, before the page is painted: what the reader chose here or in the lab, which keeps it under the same key; else what the system has.
(() => {
  let chosen;
  try {
    chosen = JSON.parse(localStorage.getItem('unrolled-lab') ?? '{}').theme;
  } catch {
    // a browser that keeps nothing
  }
  const isDark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
})();
