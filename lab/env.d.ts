// What vite.config.ts adds to `import.meta`: whether the page keeps itself for times without a network.

interface ImportMeta {
  readonly env: { readonly OFFLINE: boolean };
}

/** A style sheet, which Vite adds to the page. */
declare module '*.css';
