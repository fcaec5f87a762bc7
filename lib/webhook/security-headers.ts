import httpSecurityHeaders from '@middy/http-security-headers';
import type { Middleware } from '../platform/handler.ts';

/**
 * Security headers for every answer, problems included. Left out is what would be empty here (`Reporting-Endpoints`) or no text
 * (`Server`): the gateway takes a map of texts.
 */
export const securityHeaders = httpSecurityHeaders({
  poweredBy: false,
  reportingEndpoints: false,
} as never) as Middleware;
