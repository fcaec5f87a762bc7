export interface RequestParts {
  /** Values for the placeholders in the path. The SDK inserts them unescaped, so check them first. */
  readonly path?: Readonly<Record<string, string>>;
  /** `undefined` values are left out. */
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: object;
}

/** A request for the official `HcClient`, in the shape that the generated clients use (3.1.209). */
export function requestOf(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  url: string,
  { path, query, body }: RequestParts = {},
) {
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
