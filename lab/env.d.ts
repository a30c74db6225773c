// What Vite adds to `import.meta`.

interface ImportMeta {
  readonly env: { readonly PROD: boolean };
}
