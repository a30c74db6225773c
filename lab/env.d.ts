// What vite.config.ts adds to `import.meta`: whether the page keeps itself for times without a network.

interface ImportMeta {
  readonly env: { readonly OFFLINE: boolean };
}
