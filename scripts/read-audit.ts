/** What `npm audit --json` says, as far as a check needs it. */
export type Audit =
  /** The registry knows advisories, and none of this severity. */
  | { readonly end: 'clean' }
  | { readonly end: 'vulnerable'; readonly packages: readonly string[] }
  /** No answer that says anything: many registries have no advisories, and a check must not depend on one that has. */
  | { readonly end: 'unanswered'; readonly why: string };

const SEVERE = new Set(['high', 'critical']);

/** Reads the report of npm 7 and later (`auditReportVersion` 2). @param text what was printed, also when the command failed */
export function readAudit(text: string): Audit {
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch {
    return { end: 'unanswered', why: 'it printed no JSON' };
  }
  const { vulnerabilities, message, auditReportVersion } = (report ?? {}) as Record<string, unknown>;
  if (auditReportVersion !== 2 || typeof vulnerabilities !== 'object' || vulnerabilities === null) {
    return { end: 'unanswered', why: typeof message === 'string' ? message : 'it printed no report' };
  }
  const packages = Object.entries(vulnerabilities as Record<string, { severity?: unknown }>)
    .filter(([, found]) => SEVERE.has(String(found?.severity)))
    .map(([name, { severity }]) => `${name} (${String(severity)})`);
  return packages.length === 0 ? { end: 'clean' } : { end: 'vulnerable', packages };
}
