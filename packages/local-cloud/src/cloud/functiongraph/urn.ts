/** The parts of a function's URN: `urn:fss:<region>:<project id>:function:<package>:<name>[:<version>|:!<alias>]`. */
export interface FunctionUrn {
  readonly region: string;
  readonly projectId: string;
  readonly package: string;
  readonly name: string;
  /** A version, or an alias with `!`; empty if absent. */
  readonly qualifier: string;
}

const URN =
  /^urn:fss:([a-z0-9-]+):([0-9a-f]{32}):function:([A-Za-z][A-Za-z0-9_-]*):([A-Za-z][A-Za-z0-9_-]*)(?::(!?[A-Za-z0-9][A-Za-z0-9._-]*))?$/;

/** @returns undefined when it is not a function URN */
export function parseUrn(text: string): FunctionUrn | undefined {
  const [, region, projectId, packageName, name, qualifier = ''] = URN.exec(text) ?? [];
  if (region === undefined || projectId === undefined || packageName === undefined || name === undefined)
    return undefined;
  return { region, projectId, package: packageName, name, qualifier };
}

export function formatUrn(urn: FunctionUrn): string {
  const base = `urn:fss:${urn.region}:${urn.projectId}:function:${urn.package}:${urn.name}`;
  return urn.qualifier === '' ? base : `${base}:${urn.qualifier}`;
}
