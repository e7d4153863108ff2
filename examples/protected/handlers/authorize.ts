import { JwtVerifier } from 'aws-jwt-verify';
import { authorizeConnect } from '../../../middleware/connect/authorize-connect.ts';

const { ISSUER: issuer = '', AUDIENCE: audience = '', ALLOWED_ORIGINS, JWKS } = process.env;
const verifier = JwtVerifier.create({ issuer, audience });
if (JWKS) verifier.cacheJwks(JSON.parse(JWKS)); // for an issuer that cannot be reached, as in a test

export const handler = authorizeConnect({ verifier, allowedOrigins: ALLOWED_ORIGINS?.split(',').filter(Boolean) });
