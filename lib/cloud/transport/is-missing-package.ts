/**
 * Whether an import failed because this package is not installed. An installed but broken package is a different error and must be reported.
 */
export function isMissingPackage(error: unknown, packageName: string): boolean {
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  // `import` reports ERR_MODULE_NOT_FOUND, `require` MODULE_NOT_FOUND; both name the missing module in the first line.
  const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  return missing && typeof message === 'string' && (message.split('\n')[0] ?? '').includes(`'${packageName}`);
}
