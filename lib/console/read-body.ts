import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { ConsoleProblem } from './console-problem.ts';

/** The maximum size of an object. */
export const MAX_OBJECT_BYTES = 64 * 1024 * 1024;
/** The maximum size of JSON: more than the webhook's limit. */
const MAX_JSON_BYTES = 512 * 1024;

/**
 * Streams the bytes of a body.
 *
 * @throws {ConsoleProblem} 413 if there are more than `limit`: as soon as it is exceeded, or immediately if content-length says so. Node.js
 * discards the rest once the response is sent
 */
export async function* readBytes(request: IncomingMessage, limit: number): AsyncGenerator<Buffer> {
  const tooLarge = () => new ConsoleProblem(413, 'Too large', `the body must have at most ${limit} bytes`);
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLarge();
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limit) throw tooLarge();
    yield chunk;
  }
}

/** A JSON body that matches the schema. @throws {ConsoleProblem} 413, 415, 400 for malformed JSON, 422 if it does not match */
export async function readJson<S extends z.ZodType>(request: IncomingMessage, schema: S): Promise<z.output<S>> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new ConsoleProblem(415, 'Not JSON', 'the content type must be application/json');
  }
  const chunks: Buffer[] = [];
  for await (const chunk of readBytes(request, MAX_JSON_BYTES)) chunks.push(chunk);
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw new ConsoleProblem(400, 'Malformed JSON', 'the body is not valid JSON', { cause });
  }
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  throw new ConsoleProblem(422, 'Invalid body', z.prettifyError(error).replaceAll(/\s*\n\s*/g, ' '));
}
