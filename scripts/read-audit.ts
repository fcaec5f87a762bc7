/** The result of `npm audit --json`, as far as a check needs it. */
export type Audit =
  /** The registry has advisories, but none of this severity. */
  | { readonly end: 'clean' }
  | { readonly end: 'vulnerable'; readonly packages: readonly string[] }
  /** No report: many registries have no advisories, and a check must not depend on one that does. */
  | { readonly end: 'no_report'; readonly why: string };

const SEVERE = new Set(['high', 'critical']);

/** Reads the report of npm 7 and later (`auditReportVersion` 2). @param text the output of the command, even if it failed */
export function readAudit(text: string): Audit {
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch {
    return { end: 'no_report', why: 'the output is not JSON' };
  }
  const { vulnerabilities, message, auditReportVersion } = (report ?? {}) as Record<string, unknown>;
  if (auditReportVersion !== 2 || typeof vulnerabilities !== 'object' || vulnerabilities === null) {
    return { end: 'no_report', why: typeof message === 'string' ? message : 'the output is not a report' };
  }
  const packages = Object.entries(vulnerabilities as Record<string, { severity?: unknown }>)
    .filter(([, found]) => SEVERE.has(String(found?.severity)))
    .map(([name, { severity }]) => `${name} (${String(severity)})`);
  return packages.length === 0 ? { end: 'clean' } : { end: 'vulnerable', packages };
}
