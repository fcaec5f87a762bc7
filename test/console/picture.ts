import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { shrinkPng } from './small-png.ts';

const IMAGES = path.join(import.meta.dirname, '../../docs/images');

/** Only written when asked for: a picture is another one each time. */
export async function takePicture(page: Page, name: string): Promise<void> {
  if (process.env['SCREENSHOTS'] !== '1') return;
  await mkdir(IMAGES, { recursive: true });
  await writeFile(path.join(IMAGES, `console-${name}.png`), shrinkPng(await page.screenshot()));
}
