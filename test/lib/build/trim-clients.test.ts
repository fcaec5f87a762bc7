import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { CLIENTS, trimClients } from '../../../lib/build/trim-clients.ts';
import { writeGeneratedPackages } from '../../fixtures/generated-packages.ts';

const SMS = '@huaweicloud/huaweicloud-sdk-sms/v3';

describe('trimClients', () => {
  let packages: string;
  beforeEach(async () => {
    packages = join(await mkdtemp(join(tmpdir(), 'trimmed-')), 'node_modules');
    await writeGeneratedPackages(packages);
  });
  afterEach(() => rm(join(packages, '..'), { recursive: true }));

  /** Bundles the client of SMS. @returns the files and the exports of the bundle, and the warnings */
  const bundleSms = async () => {
    const { outputFiles, metafile, warnings } = await build({
      entryPoints: [join(packages, SMS, 'public-api.js')],
      bundle: true,
      platform: 'node',
      metafile: true,
      write: false,
      outdir: packages,
      logLevel: 'silent',
      plugins: [trimClients],
    });
    const module = { exports: {} as Record<string, { prototype: object }> };
    new Function('module', 'exports', 'require', outputFiles[0]?.text ?? '')(module, module.exports, require);
    const files = Object.keys(metafile.inputs).map((file) => file.replace(/^.*huaweicloud-sdk-/, ''));
    return { files, exports: module.exports, warnings: warnings.map(({ text }) => text) };
  };
  const methodsOf = ({ prototype }: { prototype: object } = { prototype: {} }) => Object.getOwnPropertyNames(prototype);

  it('takes only the operations of the thin clients, and their models, into a bundle', async () => {
    const { files, exports, warnings } = await bundleSms();
    const operations = ['createTask', 'listTasks', 'showTask', 'updateTaskStatus', 'showServer', 'showTemplate'];

    expect(CLIENTS[1].operations).toEqual(operations);
    expect(methodsOf(exports.SmsClient)).toEqual(['constructor', ...operations]);
    expect(files.sort()).toEqual([
      'sms/v3/SmsClient.js',
      'sms/v3/model/CreateTaskRequest.js',
      'sms/v3/model/ListTasksRequest.js',
      'sms/v3/model/ShowServerRequest.js',
      'sms/v3/model/ShowTaskRequest.js',
      'sms/v3/model/ShowTemplateRequest.js',
      'sms/v3/model/UpdateTaskStatusRequest.js',
      'sms/v3/public-api.js',
    ]);
    expect(warnings).toEqual([]);
  });

  it('takes a client that it does not understand as a whole, and says so', async () => {
    const file = join(packages, SMS, 'SmsClient.js');
    const source = await readFile(file, 'utf8');
    await writeFile(file, source.replace('constructor(client)', 'static count = 0;\n    constructor(client)'));
    const { files, exports, warnings } = await bundleSms();

    expect(methodsOf(exports.SmsClient)).toEqual(expect.arrayContaining(['createTask', 'deleteTask', 'getPath']));
    expect(files).toContain('sms/v3/model/DeleteTaskRequest.js');
    expect(warnings).toEqual([
      `All of huaweicloud-sdk-sms is bundled, because ${file} is not what the generator is known to make: SmsClient has more than methods`,
    ]);
  });

  it('takes everything that an index it does not understand exports', async () => {
    const file = join(packages, SMS, 'public-api.js');
    await writeFile(file, "exports.SmsClient = require('./SmsClient').SmsClient;\nexports.more = 1;\n");
    const { exports, warnings } = await bundleSms();

    expect(methodsOf(exports.SmsClient)).not.toContain('deleteTask');
    expect(exports).toHaveProperty('more', 1);
    expect(warnings).toEqual([
      expect.stringContaining(`${file} is not what the generator is known to make: it does not`),
    ]);
  });
});
