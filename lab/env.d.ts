// What Vite adds to `import.meta`: whether the page keeps itself for times without a network (vite.config.ts), and files by a pattern.

interface ImportMeta {
  readonly env: { readonly OFFLINE: boolean };
  /** The files of a pattern, each as what loads it. */
  glob<Module>(pattern: string): Readonly<Record<string, () => Promise<Module>>>;
}

/** A style sheet, which Vite adds to the page. */
declare module '*.css';
