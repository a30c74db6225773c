// The types of installed.mjs, which Node runs as it is.

export function onPath(...names: string[]): string | undefined;
export function findWebKit(): string | undefined;
export const webkitEnvironment: Readonly<Record<string, string>>;
