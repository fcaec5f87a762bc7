import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspectJobs, inspectJobsFile } from '../../../lib/jobs/load-jobs.ts';

/** A valid file with Chinese characters. */
const GOOD = `# 迁移任务
version: 1
region: ap-southeast-3
targets: { cache: { id: x } }
jobs:
  restore:
    on: { object_created: { bucket: backups, key: "生产/**" } }
    backup_import: { target_instance: cache, description: 恢复，生产环境（夜间）：“每天” }
`;

/** GOOD in GBK, which Notepad on a Chinese Windows calls ANSI. */
const GBK = Buffer.concat([
  Buffer.from([0x23, 0x20, 0xc7, 0xa8, 0xd2, 0xc6, 0xc8, 0xce, 0xce, 0xf1, 0x0a]),
  Buffer.from('version: 1\nregion: ap-southeast-3\n'),
]);
const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
const SAVE = 'save it as UTF-8 (in most editors: Save with encoding; PowerShell: Set-Content -Encoding utf8)';

const line = ({ line: at, path, message }: { line?: number; path: readonly unknown[]; message: string }) =>
  `${at ?? '-'}: ${path.length === 0 ? '' : `${path.join('.')}: `}${message}`;

describe('inspectJobsFile', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'foreign-files-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const problemsOf = async (bytes: Buffer | string, name = 'migrations.yml') => {
    await writeFile(join(folder, name), bytes);
    return (await inspectJobsFile(join(folder, name))).found.problems.map(line);
  };

  it.each<[string, Buffer | string]>([
    ['UTF-8', GOOD],
    ['UTF-8 with a byte order mark', `\ufeff${GOOD}`],
    ['UTF-8 with the line ends of Windows', `\ufeff${GOOD.replaceAll('\n', '\r\n')}`],
  ])('accepts %s', async (_, bytes) => {
    expect(await problemsOf(bytes)).toEqual([]);
  });

  it('accepts JSON with a byte order mark', async () => {
    const text =
      '{"version":1,"region":"ap-southeast-3","jobs":{"a":{"on":{"request":{}},"online_migration":{"vpc_id":"v","subnet_id":"s","security_group_id":"g"}}}}';

    expect(await problemsOf(`\ufeff${text}`, 'migrations.json')).toEqual([]);
  });

  it.each<[string, Buffer, string]>([
    [
      'UTF-16 as PowerShell writes it',
      Buffer.from(`\ufeff${GOOD}`, 'utf16le'),
      `1: not readable: the file is UTF-16 (LE), which some Windows tools write; ${SAVE}`,
    ],
    [
      'UTF-16 without a mark',
      Buffer.from(GOOD, 'utf16le'),
      `1: not readable: the file is UTF-16 (LE), which some Windows tools write; ${SAVE}`,
    ],
    [
      'big-endian UTF-16',
      utf16be(`\ufeff${GOOD}`),
      `1: not readable: the file is UTF-16 (BE), which some Windows tools write; ${SAVE}`,
    ],
    [
      'big-endian UTF-16 without a mark',
      utf16be(GOOD),
      `1: not readable: the file is UTF-16 (BE), which some Windows tools write; ${SAVE}`,
    ],
    [
      'GBK',
      GBK,
      `1: not readable: the file is not UTF-8, but looks like GBK or GB18030, which Windows uses for Chinese; ${SAVE}`,
    ],
    [
      'GBK on a later line',
      Buffer.concat([Buffer.from('version: 1\nregion: ap-southeast-3\n'), GBK]),
      `3: not readable: the file is not UTF-8, but looks like GBK or GB18030, which Windows uses for Chinese; ${SAVE}`,
    ],
    [
      'Latin-1',
      Buffer.from('version: 1\n# für die Nacht\n', 'latin1'),
      `2: not readable: the file is not UTF-8, but looks like Windows-1252 or another single-byte encoding; ${SAVE}`,
    ],
    [
      'a zero byte',
      Buffer.from('version: 1\nregion: a\0b\n'),
      '2: not readable: contains a control character (U+0000); delete it: a jobs file must be UTF-8 text',
    ],
    [
      'the end mark of DOS',
      Buffer.from(`${GOOD}\u001a`),
      '9: not readable: contains a control character (U+001A); delete it: a jobs file must be UTF-8 text',
    ],
    [
      'the line ends of old Macs',
      Buffer.from('version: 1\rregion: x\r'),
      '1: not readable: lines end with CR, as on old Macs; save it with LF or CR LF',
    ],
  ])('refuses %s, with the line and what to do', async (_, bytes, problem) => {
    expect(await problemsOf(bytes)).toEqual([problem]);
  });

  it('reports lines of JSON, too', async () => {
    const text = '{\n  "version": 1,\n  "region": "ap-southeast-3",\n  "jobs": {\n    "a": {}\n  }\n}\n';

    expect(await problemsOf(text, 'migrations.json')).toEqual([
      '5: jobs.a.on: is missing',
      '5: jobs.a: must have exactly one of backup_import, online_migration, server_migration; it has none',
    ]);
  });

  it.each([
    [
      '{\n  “version”: 1\n}',
      '2: not valid JSON: a typographic quote (“) begins a key; write a straight quote ", or none',
    ],
    [
      '{\n  "version"：1\n}',
      '2: not valid JSON: a full-width colon (：) follows a key; write ": ", an ASCII colon and a space',
    ],
    [
      '{\n  "version": 1,\n}',
      '3: not valid JSON: check here and just above for a missing or extra comma, a missing quote, or a comment',
    ],
    [
      '{ "version": 1\n',
      '2: not valid JSON: check here and just above for a missing or extra comma, a missing quote, or a comment',
    ],
  ])('reports where JSON is malformed: %j', async (text, problem) => {
    expect(await problemsOf(text, 'migrations.json')).toEqual([problem]);
  });
});

/** A replacement for the third line of GOOD, and its problem. */
const ODD_LINES: [title: string, text: string, problem: string][] = [
  [
    'a full-width colon',
    'region：ap-southeast-3',
    'a full-width colon (：) follows a key; write ": ", an ASCII colon and a space',
  ],
  [
    'a full-width colon after a quoted key',
    '"region"：ap-southeast-3',
    'a full-width colon (：) follows a key; write ": ", an ASCII colon and a space',
  ],
  [
    'a full-width colon in braces',
    'ledger: { obs：x }',
    'a full-width colon (：) follows a key; write ": ", an ASCII colon and a space',
  ],
  [
    'typographic quotes',
    'region: “ap-southeast-3”',
    'a typographic quote (“) begins a string; write a straight quote " or \'',
  ],
  [
    'single typographic quotes',
    'region: ‘ap-southeast-3’',
    'a typographic quote (‘) begins a string; write a straight quote " or \'',
  ],
  [
    'German quotation marks',
    'region: „ap-southeast-3“',
    'a typographic quote („) begins a string; write a straight quote " or \'',
  ],
  [
    'corner brackets',
    'region: 「ap-southeast-3」',
    'a typographic quote (「) begins a string; write a straight quote " or \'',
  ],
  ['full-width braces', 'ledger: ｛ obs: x ｝', 'contains a full-width bracket (｛); write {'],
  ['full-width brackets', 'ledger: ［ x ］', 'contains a full-width bracket (［); write ['],
  [
    'a full-width comma between keys',
    'ledger: { a: 1， b: 2 }',
    'a full-width comma (，) separates items; write ", ", an ASCII comma and a space',
  ],
  [
    'an enumeration comma in a list',
    'ledger: [failed、stuck]',
    'a full-width comma (、) separates items; write ", ", an ASCII comma and a space',
  ],
  [
    'no-break spaces as indentation',
    '\u00a0\u00a0region: x',
    'a no-break space (U+00A0) is used for indentation; indent with ordinary spaces',
  ],
  [
    'a full-width space as indentation',
    '\u3000region: x',
    'a full-width space (U+3000) is used for indentation; indent with ordinary spaces',
  ],
  [
    'a no-break space after a colon',
    'region:\u00a0ap-southeast-3',
    'a no-break space (U+00A0) is next to a key; write an ordinary space',
  ],
  [
    'a thin space before a colon',
    'region\u2009: ap-southeast-3',
    'a Unicode space (U+2009) is next to a key; write an ordinary space',
  ],
  [
    'a full-width space at the end',
    'region: ap-southeast-3\u3000',
    'a full-width space (U+3000) is at the end of the line; delete it',
  ],
  [
    'a zero-width space',
    'region: ap-southeast-3\u200b',
    'contains an invisible character (U+200B); delete it, and type the text again',
  ],
  [
    'a zero-width space in quotes',
    'region: "ap-southeast-3\u200b"',
    'contains an invisible character (U+200B); delete it, and type the text again',
  ],
  [
    'a byte order mark in the middle',
    'region: \ufeffap-southeast-3',
    'contains an invisible character (U+FEFF); delete it, and type the text again',
  ],
  [
    'a soft hyphen',
    'region: ap-south\u00adeast-3',
    'contains an invisible character (U+00AD); delete it, and type the text again',
  ],
  [
    'a bidirectional control character',
    'region: \u202eap-southeast-3',
    'contains an invisible character (U+202E); delete it, and type the text again',
  ],
  [
    'an en dash as the dash of a list item',
    '– region',
    '– begins a list item; write "- ", an ASCII hyphen and a space',
  ],
  ['a full-width hash', '＃ 区域', 'a full-width hash (＃) begins a comment; write #'],
  ['a key in full-width letters', 'ｒegion: ap-southeast-3', 'a key has full-width letters; write it in ASCII'],
  ['a number in full-width digits', 'settle_seconds: ６０', 'a number has full-width digits; write them in ASCII'],
];

describe('inspectJobs, with characters that look like those of YAML', () => {
  it.each(ODD_LINES)('reports %s, with its line and what to write', async (_, text, problem) => {
    const { problems } = await inspectJobs(GOOD.replace('region: ap-southeast-3', text), 'yaml');

    expect(problems).toContainEqual({ path: [], line: 3, message: `not valid YAML: ${problem}` });
  });

  it('accepts them in comments, quoted strings and Chinese sentences', async () => {
    const text = GOOD.replace('version: 1', 'version: 1 # 版本：１，“一”｛｝').replace(
      '恢复，生产环境（夜间）：“每天”',
      `"“每天”：{ a，b }"`,
    );

    expect((await inspectJobs(text, 'yaml')).problems).toEqual([]);
    const block = GOOD.replace(
      '{ target_instance: cache, description: 恢复，生产环境（夜间）：“每天” }',
      '\n      target_instance: cache\n      description: |\n        key：“值”\n        － 一\n',
    );
    expect((await inspectJobs(block, 'yaml')).problems).toEqual([]);
  });

  it('does not report the problems that follow from them', async () => {
    const { problems } = await inspectJobs(GOOD.replaceAll(': ', '：'), 'yaml');

    expect(new Set(problems.map(({ message }) => message))).toEqual(
      new Set(['not valid YAML: a full-width colon (：) follows a key; write ": ", an ASCII colon and a space']),
    );
  });
});

describe('inspectJobs, with YAML features that authors expect to work', () => {
  const online = 'online_migration: { vpc_id: v, subnet_id: s, security_group_id: g }';

  it('merges what << refers to, and keys of the job itself take precedence', async () => {
    const text = `version: 1
region: ap-southeast-3
jobs:
  first: &first
    on: { request: {} }
    dry_run: true
    preflight: warn
    ${online}
  second:
    <<: *first
    preflight: "off"
  third:
    <<: [ *first, { dry_run: false } ]
    on: { schedule: { rate: 1h } }
`;
    const { loaded, problems } = await inspectJobs(text, 'yaml', { ledger: 'given' });

    expect(problems).toEqual([]);
    expect(
      [...(loaded?.jobs.jobs.values() ?? [])].map(({ name, on, policies }) => [
        name,
        Object.keys(on),
        policies.preflight,
        policies.dryRun,
      ]),
    ).toEqual([
      ['first', ['request'], 'warn', true],
      ['second', ['request'], 'off', true],
      ['third', ['schedule'], 'warn', true],
    ]);
  });

  it('reports the line of what was merged', async () => {
    const text = `version: 1
region: ap-southeast-3
jobs:
  first: &first
    on: { request: {} }
    ${online}
    preflight: maybe
  second:
    <<: *first
`;
    const { problems } = await inspectJobs(text, 'yaml', { ledger: 'given' });

    expect(problems.map(line)).toEqual([
      '7: jobs.first.preflight: must be one of refuse, warn, off, received the string "maybe"',
      '7: jobs.second.preflight: must be one of refuse, warn, off, received the string "maybe"',
    ]);
  });

  it('reports what << accepts', async () => {
    const { problems } = await inspectJobs('version: 1\njobs:\n  <<: 5\n', 'yaml');

    expect(problems.map(line)).toEqual([
      '3: not usable YAML: << needs an alias of an object, or a list of aliases: <<: *name',
    ]);
  });

  it('explains a Windows path in double quotes once per line', async () => {
    const { problems } = await inspectJobs('version: 1\nkey: "prod\\dumps\\*.rdb"\n', 'yaml');

    expect(problems.map(line)).toEqual([
      '2: not valid YAML: a backslash in double quotes begins an escape, as in "\\n"; object keys are separated by "/", and in single quotes a backslash is literal',
    ]);
  });
});
