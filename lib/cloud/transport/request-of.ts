export interface RequestParts {
  /** What stands at the places in braces of the path. The SDK inserts it as it is: check it first. */
  readonly path?: Readonly<Record<string, string>>;
  /** What is `undefined` is left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: object;
}

/** What the official `HcClient` sends, in the shape in which the generated clients hand it over (3.1.209). */
export function requestOf(method: 'GET' | 'POST' | 'DELETE', url: string, { path, query, body }: RequestParts = {}) {
  return {
    method,
    url,
    contentType: 'application/json',
    queryParams: Object.fromEntries(Object.entries(query ?? {}).filter(([, value]) => value !== undefined)),
    pathParams: { ...path },
    headers: {},
    ...(body && { data: body }),
  };
}
