import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { ConsoleProblem } from './console-problem.ts';

/** Of an object. */
export const MAX_OBJECT_BYTES = 64 * 1024 * 1024;
/** Of JSON: what the webhook takes, and room around it. */
const MAX_JSON_BYTES = 512 * 1024;

/**
 * The bytes of a body as they come.
 *
 * @throws {ConsoleProblem} 413 when there are more than `most`: at the first of them, or before any where the request says so. Node.js
 * reads and drops the rest once the answer is out
 */
export async function* readBytes(request: IncomingMessage, most: number): AsyncGenerator<Buffer> {
  const tooLarge = () => new ConsoleProblem(413, 'Too large', `a body has at most ${most} bytes here`);
  if (Number(request.headers['content-length'] ?? 0) > most) throw tooLarge();
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > most) throw tooLarge();
    yield chunk;
  }
}

/** A JSON body of this form. @throws {ConsoleProblem} 413, 415, 400 for what is no JSON, 422 for another form */
export async function readJson<S extends z.ZodType>(request: IncomingMessage, form: S): Promise<z.output<S>> {
  if (!/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new ConsoleProblem(415, 'No JSON', 'the content type must be application/json');
  }
  const chunks: Buffer[] = [];
  for await (const chunk of readBytes(request, MAX_JSON_BYTES)) chunks.push(chunk);
  let value: unknown;
  try {
    value = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw new ConsoleProblem(400, 'No JSON', 'the body is no JSON', { cause });
  }
  const { success, data, error } = form.safeParse(value);
  if (success) return data;
  throw new ConsoleProblem(422, 'Not understood', z.prettifyError(error).replaceAll(/\s*\n\s*/g, ' '));
}
