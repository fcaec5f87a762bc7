/** Resolves at the first Ctrl-C or SIGTERM. */
export function waitForStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => resolve());
  });
}
