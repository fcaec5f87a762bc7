import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { ScriptedCloud } from '../../fakes/scripted-cloud.ts';

const SK = 'sk-of-the-test-7Uio6PznpdUKGpownRZlmVmHc';
const TOKEN = 'token-of-the-test-AbCd';
const PASSWORD = 'Redis!Pass-1';
const ECHO = `canonicalRequest:POST|/|x-security-token:${TOKEN}|Authorization: SDK-HMAC-SHA256 Access=AKOFTHETEST, body {"password":"${PASSWORD}"}`;

const respondWith = (status: number) => ({
  status,
  json: {
    error_code: 'APIGW.0301',
    error_msg: `no: ${PASSWORD} ${ECHO}`,
    error_param: [PASSWORD, TOKEN],
    details: [{ error_msg: SK }],
  },
});

describe('a bundle whose calls fail in every way', () => {
  it("prints, throws and writes no secrets, even with the SDK's debug switch on", async () => {
    const folder = await mkdtemp(join(tmpdir(), 'leak-'));
    const cloud = new ScriptedCloud(SK);
    await cloud.start();
    const scripts = [
      ...[400, 401, 403, 404, 429, 500, 502, 307].map(respondWith),
      { status: 200, text: `<html>${PASSWORD}</html>` },
      { status: 200, json: { error: PASSWORD } },
      { cutJsonOf: 200 },
      'reset' as const,
      'hang' as const,
    ];
    for (const script of scripts) cloud.respondWith(script, script, script);
    await build({
      entryPoints: [fileURLToPath(new URL('./leak-driver.ts', import.meta.url))],
      outfile: join(folder, 'driver.cjs'),
      bundle: true,
      platform: 'node',
      target: 'node20.15',
      format: 'cjs',
      logLevel: 'error',
    });

    const child = spawn(process.execPath, ['driver.cjs'], {
      cwd: folder,
      env: {
        DEBUG: 'DEBUG',
        HOME: folder,
        ENDPOINT: cloud.endpoint,
        CALLS: String(scripts.length),
        SK,
        TOKEN,
        PASSWORD,
      },
    });
    let printed = '';
    child.stdout.on('data', (part) => {
      printed += part;
    });
    child.stderr.on('data', (part) => {
      printed += part;
    });
    const exitCode = await new Promise((resolve) => {
      child.on('close', resolve);
    });
    const files = await readdir(folder);
    await cloud.stop();
    await rm(folder, { recursive: true });

    expect(exitCode).toBe(0);
    expect(printed.match(/failed as expected/g)).toHaveLength(39);
    for (const secret of [SK, TOKEN, PASSWORD, 'AKOFTHETEST', 'nodesdk']) expect(printed).not.toContain(secret);
    expect(printed).not.toMatch(/\bauthorization\b/i);
    // Neither the SDK's log file nor ~/.huaweicloud.
    expect(files).toEqual(['driver.cjs']);
  }, 30_000);
});
