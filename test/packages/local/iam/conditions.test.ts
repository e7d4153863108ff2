import { describe, expect, it } from '@jest/globals';
import { conditionsHold, unknownConditions } from '../../../../packages/local/iam/conditions.ts';

describe('unknownConditions', () => {
  it.each([
    'StringEquals',
    'StringNotEquals',
    'StringEqualsIgnoreCase',
    'StringNotEqualsIgnoreCase',
    'StringLike',
    'StringNotLike',
    'ArnEquals',
    'ArnNotEquals',
    'ArnLike',
    'ArnNotLike',
    'Bool',
  ])('knows %s, with IfExists too', (operator) => {
    expect(unknownConditions({ [operator]: { 'aws:PrincipalArn': 'x' } })).toEqual([]);
    expect(unknownConditions({ [`${operator}IfExists`]: { 'aws:PrincipalArn': 'x' } })).toEqual([]);
  });

  it('names unsupported operators as they are written, with IfExists too', () => {
    const keys = { 'aws:PrincipalArn': 'x' };
    expect(unknownConditions({ DateLessThan: keys, IpAddressIfExists: keys, Null: keys })).toEqual([
      'DateLessThan',
      'IpAddressIfExists',
    ]);
  });
});

describe('conditionsHold', () => {
  it.each(['DateLessThan', 'NumericEqualsIfExists'])('does not hold for %s, which is not supported', (operator) => {
    expect(conditionsHold({ [operator]: { 'aws:PrincipalArn': 'x' } }, { 'aws:principalarn': 'x' })).toBe(false);
  });
});
