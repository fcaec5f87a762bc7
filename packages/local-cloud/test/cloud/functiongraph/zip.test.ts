import { zipSync } from 'fflate';
import { unzip } from '../../../src/cloud/functiongraph/zip.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const zip = (files: Parameters<typeof zipSync>[0]) => Buffer.from(zipSync(files));

describe('unzip', () => {
  it('unpacks deflated, stored and empty files, and skips folders', () => {
    const archive = zip({
      'index.js': [bytes('x'.repeat(1000)), { level: 9 }],
      'lib/plain.txt': [bytes('plain'), { level: 0 }],
      'lib/empty': bytes(''),
      'folder/': bytes(''),
    });

    const files = unzip(archive, 1005);

    expect([...files.keys()].sort()).toEqual(['index.js', 'lib/empty', 'lib/plain.txt']);
    expect(files.get('index.js')?.toString()).toBe('x'.repeat(1000));
    expect(files.get('lib/plain.txt')?.toString()).toBe('plain');
    expect(files.get('lib/empty')).toHaveLength(0);
  });

  it('refuses files above the size limit', () => {
    expect(() => unzip(zip({ a: bytes('xx'), b: bytes('xx') }), 3)).toThrow('exceed 3 bytes');
    expect(unzip(zip({ a: bytes('xx'), b: bytes('xx') }), 4).size).toBe(2);
  });

  it.each(['../out.js', '/etc/passwd', 'a/../../b', 'a\\b', './a', 'a//b'])('refuses the path %s', (name) => {
    expect(() => unzip(zip({ [name]: bytes('x') }), 100)).toThrow('is not a path inside the package');
  });

  it('refuses a file with a wrong checksum', () => {
    const archive = zip({ 'index.js': [bytes('plain text'), { level: 0 }] });
    archive[archive.indexOf('plain')] = 0x50;

    expect(() => unzip(archive, 100)).toThrow('index.js is damaged');
  });

  it('refuses a truncated archive, and anything that is not an archive', () => {
    const archive = zip({ 'index.js': bytes('x') });

    expect(() => unzip(archive.subarray(0, -5), 100)).toThrow('not a ZIP archive');
    expect(() => unzip(archive.subarray(20), 100)).toThrow('directory of the archive is damaged');
    expect(() => unzip(Buffer.from('{}'), 100)).toThrow('not a ZIP archive');
  });

  it('refuses a symbolic link', () => {
    expect(() => unzip(zip({ link: [bytes('/etc/passwd'), { os: 3, attrs: 0o120777 << 16 }] }), 100)).toThrow(
      'link is a symbolic link',
    );
  });
});
