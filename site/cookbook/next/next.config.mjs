// The settings of Next.js: the library is loaded from node_modules, where its models lie beside it, and is not bundled for the server.

export default { serverExternalPackages: ['unrolled'] };
