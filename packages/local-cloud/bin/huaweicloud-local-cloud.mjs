#!/usr/bin/env node
// The sources are TypeScript: nothing is built.
import { register } from 'tsx/esm/api';

register();
await import('../src/main.ts');
