// Puts the fake bindings in the place of the generated ones.
/** @type {import('node:module').ResolveHook} */
export function resolve(specifier, context, next) {
  return specifier === './wasm/aio_ring_lab.js' ? next('./wasm.mjs', { ...context, parentURL: import.meta.url }) : next(specifier, context);
}
