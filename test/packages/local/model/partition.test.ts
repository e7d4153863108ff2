import { expect, it } from '@jest/globals';
import { partitionOf } from '../../../../packages/local/model/partition.ts';

it.each([
  ['eu-central-1', 'aws'],
  ['us-east-1', 'aws'],
  ['il-central-1', 'aws'],
  ['cn-northwest-1', 'aws-cn'],
  ['us-gov-east-1', 'aws-us-gov'],
  ['eusc-de-east-1', 'aws-eusc'],
  ['us-iso-east-1', 'aws-iso'],
  ['us-isob-east-1', 'aws-iso-b'],
  ['eu-isoe-west-1', 'aws-iso-e'],
  ['us-isof-south-1', 'aws-iso-f'],
])('the Region %s is in the partition %s', (region, partition) => {
  expect(partitionOf(region)).toBe(partition);
});
