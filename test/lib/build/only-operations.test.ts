import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onlyClient, onlyOperations, UnknownShape } from '../../../lib/build/only-operations.ts';
import { CLIENTS } from '../../../lib/build/trim-clients.ts';
import { writeGeneratedPackages } from '../../fixtures/generated-packages.ts';

type Client = Readonly<Record<string, (request: unknown) => unknown>>;
type Exports = Readonly<Record<string, unknown>>;

/** The exports of a source, in place of those of the file. */
function load(file: string, source: string): Exports {
  const exports = {};
  new Function('exports', 'require', '__dirname', source)(exports, createRequire(file), dirname(file));
  return exports;
}

/** What a client hands to the core for the request, or the error that it throws. */
function sentBy(exports: Exports, className: string, operation: string, request: unknown): unknown {
  const Client = exports[className] as new (core: object) => Client;
  const client = new Client({ sendRequest: (options: unknown) => ({ options }) });
  try {
    return client[operation]?.(request) ?? 'not sent';
  } catch (error) {
    return error instanceof Error ? { ...error, message: error.message } : error;
  }
}

/** A request with a value for every name that a client may ask for. */
const filled = (base: object) =>
  new Proxy(base, { get: (_, name) => (typeof name === 'string' ? `value of ${name}` : undefined) });

/** The file of a generated client. @returns `undefined` when the package is not installed */
function fileOf(name: string, version: string, className: string): string | undefined {
  try {
    return require.resolve(`@huaweicloud/${name}/${version}/${className}.js`);
  } catch {
    return undefined;
  }
}

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'generated-'));
  await writeGeneratedPackages(join(home, 'node_modules'));
});
afterAll(() => rm(home, { recursive: true }));

const [DCS, SMS] = CLIENTS;
/** Of a service that functions do not call: a real generated client on every registry. */
const FUNCTION_GRAPH = {
  name: 'huaweicloud-sdk-functiongraph',
  className: 'FunctionGraphClient',
  operations: ['asyncInvokeFunction', 'createFunction', 'listFunctions', 'listEvents', 'deleteTags', 'updateWorkFlow'],
};

describe.each([
  ['made by this test, of DCS', DCS, () => join(home, 'node_modules/@huaweicloud', DCS.name, 'v2/DcsClient.js')],
  ['made by this test, of SMS', SMS, () => join(home, 'node_modules/@huaweicloud', SMS.name, 'v3/SmsClient.js')],
  ['of FunctionGraph', FUNCTION_GRAPH, () => fileOf(FUNCTION_GRAPH.name, 'v2', 'FunctionGraphClient')],
  ['of DCS, where it is installed,', DCS, () => fileOf(DCS.name, 'v2', 'DcsClient')],
  ['of SMS, where it is installed,', SMS, () => fileOf(SMS.name, 'v3', 'SmsClient')],
] as const)('a generated client %s without the operations that are not used', (where, client, fileOfClient) => {
  const { className, operations } = client;
  const isInstalled = where.startsWith('made') || fileOfClient() !== undefined;
  const test = isInstalled ? it : it.skip;
  const sources = async () => {
    const file = fileOfClient() ?? '';
    const original = await readFile(file, 'utf8');
    return { file, original, trimmed: await onlyOperations(original, { className, operations }) };
  };

  test.each([...operations])('sends for %s what the original sends, and refuses what it refuses', async (operation) => {
    const { file, original, trimmed } = await sources();
    const [before, after] = [load(file, original), load(file, trimmed)];
    const model = `${operation.charAt(0).toUpperCase()}${operation.slice(1)}Request`;
    const { [model]: Model } = createRequire(file)(`./model/${model}.js`);

    const sent = (request: unknown) => [before, after].map((one) => sentBy(one, className, operation, request));
    for (const request of [filled({}), filled(new Model()), new Model(), {}, undefined]) {
      const [expected, found] = sent(request);
      expect(found).toEqual(expected);
    }
    expect(sent(filled({}))[1]).toHaveProperty('options.method', expect.any(String));
  });

  test('has these operations alone, and loads only their models', async () => {
    const { file, original, trimmed } = await sources();
    const { [className]: Trimmed, ParamCreater } = load(file, trimmed);
    const requests = (ParamCreater as () => object)();

    expect(Object.getOwnPropertyNames((Trimmed as { prototype: object }).prototype).sort()).toEqual(
      ['constructor', ...operations].sort(),
    );
    expect(Object.keys(requests).sort()).toEqual([...operations].sort());
    const modules = [...trimmed.matchAll(/^const (\w+) = require\("\.\/model\/(\w+)"\);/gm)].map(([, , name]) => name);
    expect(modules.sort()).toEqual(
      operations.map((name) => `${name.charAt(0).toUpperCase()}${name.slice(1)}Request`).sort(),
    );
    expect(trimmed).not.toContain('sdk-core');
    expect(original.length).toBe(trimmed.length);
  });

  test('has everything else where it was', async () => {
    const { original, trimmed } = await sources();
    const lines = original.split('\n');

    for (const [i, line] of trimmed.split('\n').entries()) {
      const [before = '', kept] = [lines[i], line.trimEnd()];
      expect(before.slice(0, kept.length).endsWith(kept.trim())).toBe(true);
    }
  });

  test('is the only export of its package', async () => {
    const { file } = await sources();
    const index = join(dirname(file), 'public-api.js');
    const trimmed = await onlyClient(await readFile(index, 'utf8'), className);

    expect(trimmed.match(/require\(.*?\)/g)).toEqual([`require("./${className}")`]);
    expect(existsSync(join(dirname(file), `${className}.js`))).toBe(true);
  });
});

const SOURCE = `
const one_1 = require("./model/one");
const two_1 = require("./model/two");
const aside_1 = require("./aside");
class C {
    constructor(client) { this.client = client; }
    one(request) { return this.client.send((0, exports.ParamCreater)().one(request)); }
    two(request) { return this.client.send((0, exports.ParamCreater)().two(request)); }
}
const ParamCreater = function () {
    return {
        one(request) { return one_1.of(request); },
        // The second, of two.
        two(request) { return two_1.of(request); },
    };
};
`;
const only = (source: string, ...operations: readonly string[]) =>
  onlyOperations(source, { className: 'C', operations });

describe('onlyOperations', () => {
  it.each([
    ['first', 'one', 'two'],
    ['last', 'two', 'one'],
  ])('leaves out all but the %s operation', async (_, kept, left) => {
    const text = await only(SOURCE, kept);

    expect(text.match(new RegExp(`${kept}\\(request\\) \\{`, 'g'))).toHaveLength(2);
    expect(text).toContain(`require("./model/${kept}")`);
    expect(text).not.toMatch(new RegExp(`${left}\\(request\\)|model/${left}`));
    expect(() => new Function(text)).not.toThrow();
  });

  it('keeps modules that no operation mentions, because loading them may do something', async () => {
    expect(await only(SOURCE, 'one')).toContain('const aside_1 = require("./aside");');
  });

  it('keeps a module that both a kept operation and another mention', async () => {
    const text = await only(SOURCE.replace('two_1.of(request)', 'two_1.of(one_1.of(request))'), 'one');

    expect(text).toContain('require("./model/one")');
    expect(text).not.toContain('require("./model/two")');
  });

  it.each([
    ['a method that a kept one calls', 'this.client.send(', 'this.two(request); this.client.send('],
    ['a method that a kept one names in a string', 'this.client.send(', "this['two'](request); this.client.send("],
    ['a request that a kept one builds on', 'return one_1.of(request);', 'return this.two(one_1.of(request));'],
    ['what the rest of the file names', 'class C {', 'exports.same = (client) => client.two;\nclass C {'],
  ])('keeps %s', async (_, before, instead) => {
    const text = await only(SOURCE.replace(before, instead), 'one');

    expect(text).toContain('two(request) { return this.client.send(');
    expect(text).toContain('two(request) { return two_1.of(request); }');
    expect(text).toContain('require("./model/two")');
  });

  it.each([
    ['no class of that name', 'class C {', 'class D {', 'it does not declare one class C without a base'],
    ['a class with a base', 'class C {', 'class C extends B {', 'it does not declare one class C without a base'],
    ['two classes', 'class C {', 'class C {}\nclass C {', 'it is not a CommonJS module'],
    ['a class with a field', 'constructor(', 'x = 1; constructor(', 'C has more than methods'],
    ['a class with an accessor', 'constructor(', 'get x() { return 1; } constructor(', 'C has more than methods'],
    ['a class with a computed name', 'constructor(', '[x]() {} constructor(', 'C has more than methods'],
    [
      'no ParamCreater',
      'ParamCreater = f',
      'Creater = f',
      'ParamCreater is not a function that only returns an object',
    ],
    [
      'a ParamCreater that does more',
      '    return {\n',
      'x();\nreturn {\n',
      'ParamCreater is not a function that only returns an object',
    ],
    [
      'a ParamCreater with a function in it',
      '    };\n};',
      '    };\n    function x() {}\n};',
      'ParamCreater is not a function that only returns an object',
    ],
    [
      'a request that is not a method',
      '        one(r',
      '        x: 1, one(r',
      'the object of ParamCreater has more than methods',
    ],
    [
      'requests from elsewhere',
      '        one(r',
      '        ...x, one(r',
      'the object of ParamCreater has more than methods',
    ],
    [
      'an operation called by a computed name',
      'return one_1.of',
      'return one_1[x]',
      'it reads a property whose name is not in the source',
    ],
    [
      'no method for the operation',
      '    one(request) { return this',
      '    ones(request) { return this',
      'C has no one',
    ],
    ['no request for the operation', '        one(r', '        ones(r', 'ParamCreater has no one'],
    ['an ES module', 'class C {', 'import x from "x";\nclass C {', 'it is not a CommonJS module'],
    ['no JavaScript', 'class C {', 'class C class {', 'it is not a CommonJS module'],
  ])('refuses %s', async (_, before, instead, message) => {
    expect(SOURCE).toContain(before);

    const refused = only(SOURCE.replace(before, instead), 'one');

    await expect(refused).rejects.toThrow(UnknownShape);
    await expect(refused).rejects.toThrow(message);
  });

  it('accepts a property with a number for its name', async () => {
    expect(await only(SOURCE.replace('one_1.of(request)', 'one_1[0](request)'), 'one')).toContain('one_1[0]');
  });
});

describe('onlyClient', () => {
  it.each([
    ['does not export the client', '__exportStar(require("./D"), exports);'],
    ['exports it in another way', 'exports.C = require("./C").C;'],
  ])('refuses an index that %s', async (_, text) => {
    await expect(onlyClient(text, 'C')).rejects.toThrow(new UnknownShape('it does not export ./C'));
  });

  it('keeps what is not an export of a whole module', async () => {
    const text = 'prepare();\n__exportStar(require("./C"), exports);\n__exportStar(require("./model/D"), exports);\n';

    expect((await onlyClient(text, 'C')).trimEnd()).toBe('prepare();\n__exportStar(require("./C"), exports);');
  });
});
