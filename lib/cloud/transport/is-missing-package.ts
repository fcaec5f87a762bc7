/**
 * Did an import fail because that very package is not there? A package that is there and broken is another matter, and must be seen.
 */
export function isMissingPackage(error: unknown, packageName: string): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  // Imports say ERR_MODULE_NOT_FOUND, require says MODULE_NOT_FOUND; both name what they looked for first.
  const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  return missing && typeof message === 'string' && (message.split('\n')[0] ?? '').includes(`'${packageName}`);
}
