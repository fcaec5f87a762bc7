import httpSecurityHeaders from '@middy/http-security-headers';
import type { Middleware } from '../platform/handler.ts';

/**
 * Security headers for every response, problems included. Headers that would be empty (`Reporting-Endpoints`) or not a string
 * (`Server`) are left out: the gateway takes a map of strings.
 */
export const securityHeaders = httpSecurityHeaders({
  poweredBy: false,
  reportingEndpoints: false,
} as never) as Middleware;
