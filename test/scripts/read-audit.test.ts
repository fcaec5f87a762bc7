import fc from 'fast-check';
import { readAudit } from '../../scripts/read-audit.ts';

const report = (...severities: string[]) =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: Object.fromEntries(severities.map((severity, i) => [`p${i}`, { name: `p${i}`, severity }])),
  });

describe('readAudit', () => {
  it.each([
    ['nothing', report(), { end: 'clean' }],
    ['low and moderate severity', report('low', 'moderate', 'info'), { end: 'clean' }],
    ['high severity', report('low', 'high'), { end: 'vulnerable', packages: ['p1 (high)'] }],
    ['critical severity', report('critical'), { end: 'vulnerable', packages: ['p0 (critical)'] }],
  ])('reads a report of %s', (_what, text, audit) => {
    expect(readAudit(text)).toEqual(audit);
  });

  it.each([
    ['nothing', '', 'the output is not JSON'],
    ['a page', '<html>', 'the output is not JSON'],
    [
      'a registry without the endpoint',
      '{"message":"405 Method Not Allowed","statusCode":405}',
      '405 Method Not Allowed',
    ],
    ['an error', '{"error":{"code":"ENOLOCK"}}', 'the output is not a report'],
    ['null', 'null', 'the output is not a report'],
    ['an older report', '{"auditReportVersion":1,"vulnerabilities":{}}', 'the output is not a report'],
  ])('does not treat %s as a clean report', (_what, text, why) => {
    expect(readAudit(text)).toEqual({ end: 'no_report', why });
  });

  it('never fails, whatever the output', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.jsonValue().map((vulnerabilities) => JSON.stringify({ auditReportVersion: 2, vulnerabilities })),
        ),
        (text) => {
          expect(['clean', 'vulnerable', 'no_report']).toContain(readAudit(text).end);
        },
      ),
    );
  });
});
