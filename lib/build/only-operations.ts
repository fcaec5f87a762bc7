import type { ParseResult } from '@babel/parser';

type Statement = ParseResult['program']['body'][number];
type ClassMember = Extract<Statement, { type: 'ClassDeclaration' }>['body']['body'][number];
type Declarator = Extract<Statement, { type: 'VariableDeclaration' }>['declarations'][number];
type Expression = NonNullable<Declarator['init']>;
type ObjectEntry = Extract<Expression, { type: 'ObjectExpression' }>['properties'][number];

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Something that can be left out as long as nothing that stays has its name. */
interface Part {
  readonly name: string;
  readonly node: Statement | ClassMember | ObjectEntry;
  /** What to take out of the source. */
  readonly range: Range;
}

/** The source is not what the generator of the SDK is known to make, so nothing can be left out of it safely. */
export class UnknownShape extends Error {
  override readonly name = 'UnknownShape';
}

/**
 * A generated client (`DcsClient.js`) without the operations that are not used, and without the models that only they load. The rest stays as it
 * is, on the same lines and columns.
 *
 * @param operations the methods to keep; what they mention is kept too
 * @throws {UnknownShape} for a source that is not understood, or one that lacks an operation
 */
export async function onlyOperations(
  source: string,
  { className, operations }: { readonly className: string; readonly operations: readonly string[] },
): Promise<string> {
  const statements = await parseStatements(source);
  const methods = methodsOf(statements, className);
  const entries = entriesOf(statements);
  for (const name of operations) {
    for (const [where, parts] of [[className, methods] as const, ['ParamCreater', entries] as const]) {
      if (!parts.some((part) => part.name === name)) throw new UnknownShape(`${where} has no ${name}`);
    }
  }
  const left = leftOver(statements, [...methods, ...entries], new Set(['constructor', ...operations]));
  return without(source, [...left, ...unusedModules(statements, left)]);
}

/**
 * The index of a generated package (`public-api.js`) with the client as its only export.
 *
 * @throws {UnknownShape} for a source that is not understood, or that does not export the client
 */
export async function onlyClient(source: string, className: string): Promise<string> {
  const exported = (await parseStatements(source)).flatMap((node): Part[] => {
    if (node.type !== 'ExpressionStatement' || node.expression.type !== 'CallExpression') return [];
    const { callee, arguments: args } = node.expression;
    const name = isNamed(callee, '__exportStar') ? requiredBy(args[0]) : undefined;
    return name === undefined ? [] : [{ name, node, range: rangeOf(node) }];
  });
  const others = exported.filter(({ name }) => name !== `./${className}`);
  if (others.length === exported.length) throw new UnknownShape(`it does not export ./${className}`);
  return without(source, others);
}

async function parseStatements(source: string): Promise<readonly Statement[]> {
  // On demand, because those who installed the package have no parser, and need none.
  const { parse } = await import('@babel/parser');
  try {
    return parse(source, { sourceType: 'script', attachComment: false }).program.body;
  } catch (error) {
    throw new UnknownShape('it is not a CommonJS module', { cause: error });
  }
}

function methodsOf(statements: readonly Statement[], className: string): Part[] {
  const [found, ...more] = statements.filter((node) => node.type === 'ClassDeclaration' && node.id?.name === className);
  if (found?.type !== 'ClassDeclaration' || found.superClass || more.length > 0) {
    throw new UnknownShape(`it does not declare one class ${className} without a base`);
  }
  return found.body.body.map((node) => {
    const isMethod =
      node.type === 'ClassMethod' && !node.computed && (node.kind === 'method' || node.kind === 'constructor');
    if (!isMethod || node.key.type !== 'Identifier') throw new UnknownShape(`${className} has more than methods`);
    return { name: node.key.name, node, range: rangeOf(node) };
  });
}

/** The methods of the object that `ParamCreater` returns, which build the requests. */
function entriesOf(statements: readonly Statement[]): Part[] {
  const [creater] = statements.flatMap((node) =>
    node.type === 'VariableDeclaration' ? node.declarations.filter(({ id }) => isNamed(id, 'ParamCreater')) : [],
  );
  const init = creater?.init;
  const [returned, ...more] =
    init?.type === 'FunctionExpression' || init?.type === 'ArrowFunctionExpression' ? bodyOf(init.body) : [];
  const object = returned?.type === 'ReturnStatement' ? returned.argument : undefined;
  if (object?.type !== 'ObjectExpression' || more.length > 0) {
    throw new UnknownShape('ParamCreater is not a function that only returns an object');
  }
  const { end } = rangeOf(object);
  return object.properties.map((node, i) => {
    if (node.type !== 'ObjectMethod' || node.kind !== 'method' || node.computed || node.key.type !== 'Identifier') {
      throw new UnknownShape('the object of ParamCreater has more than methods');
    }
    const next = object.properties[i + 1];
    // With the comma behind it.
    return {
      name: node.key.name,
      node,
      range: { start: rangeOf(node).start, end: next ? rangeOf(next).start : end - 1 },
    };
  });
}

const bodyOf = (body: Extract<Expression, { type: 'ArrowFunctionExpression' }>['body']): readonly Statement[] =>
  body.type === 'BlockStatement' ? body.body : [];

/** The parts that neither are to be kept nor have a name that occurs in what is kept. */
function leftOver(statements: readonly Statement[], parts: readonly Part[], kept: ReadonlySet<string>): Part[] {
  const left = parts.filter(({ name }) => !kept.has(name));
  const names = namesIn(statements, new Set(left.map(({ node }) => node)));
  const needed = left.filter(({ name }) => names.has(name)).map(({ name }) => name);
  return needed.length === 0 ? left : leftOver(statements, parts, new Set([...kept, ...needed]));
}

/** The `const x = require('…')` that only parts that are left out mention. */
function unusedModules(statements: readonly Statement[], left: readonly Part[]): Part[] {
  const modules = statements.flatMap((node): Part[] => {
    if (node.type !== 'VariableDeclaration') return [];
    const [{ id, init } = { id: undefined, init: undefined }, ...more] = node.declarations;
    const isModule = id?.type === 'Identifier' && requiredBy(init) !== undefined && more.length === 0;
    return isModule ? [{ name: id.name, node, range: rangeOf(node) }] : [];
  });
  const nodesOf = (list: readonly Part[]) => list.map(({ node }) => node);
  const kept = namesIn(statements, new Set(nodesOf([...left, ...modules])));
  const gone = namesIn(nodesOf(left), new Set());
  return modules.filter(({ name }) => gone.has(name) && !kept.has(name));
}

/** The module of `require('…')`. */
function requiredBy(node: { readonly type: string } | null | undefined): string | undefined {
  const call = node as Expression | null | undefined;
  if (call?.type !== 'CallExpression' || !isNamed(call.callee, 'require')) return undefined;
  const [module] = call.arguments;
  return module?.type === 'StringLiteral' ? module.value : undefined;
}

function isNamed(node: { readonly type: string; readonly name?: unknown }, name: string): boolean {
  return node.type === 'Identifier' && node.name === name;
}

const LITERALS: ReadonlySet<string> = new Set(['StringLiteral', 'NumericLiteral']);

/**
 * Every identifier and string in the nodes: a name that is not among them is not mentioned.
 *
 * @throws {UnknownShape} when names may be put together at run time
 */
function namesIn(nodes: unknown, except: ReadonlySet<unknown>): Set<string> {
  const names = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || except.has(value)) return;
    const node = value as {
      type?: unknown;
      name?: unknown;
      value?: unknown;
      computed?: unknown;
      property?: { type: string };
    };
    if (node.type === 'Identifier') names.add(String(node.name));
    if (node.type === 'StringLiteral') names.add(String(node.value));
    if (node.computed === true && node.property && !LITERALS.has(node.property.type)) {
      throw new UnknownShape('it reads a property whose name is not in the source');
    }
    for (const child of Object.values(value)) visit(child);
  };
  visit(nodes);
  return names;
}

function rangeOf({ start, end }: { readonly start?: number | null; readonly end?: number | null }): Range {
  return { start: start ?? Number.NaN, end: end ?? Number.NaN };
}

/** Blanks the parts, so that everything else stays where it is, for the source map. */
function without(source: string, parts: readonly Part[]): string {
  return parts.reduce((text, { range: { start, end } }) => {
    return text.slice(0, start) + text.slice(start, end).replace(/./g, ' ') + text.slice(end);
  }, source);
}
