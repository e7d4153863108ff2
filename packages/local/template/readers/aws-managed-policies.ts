/** The part of an AWS managed policy that can matter in the local run. */
export interface ManagedPolicy {
  actions: readonly string[];
  resources: readonly string[];
}

const everywhere = (...actions: string[]): ManagedPolicy => ({ actions, resources: ['*'] });

const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

/**
 * By the end of their ARN, after `policy/`. Any other policy is refused by name, because its content is not known here.
 * @see https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
 */
export const AWS_MANAGED_POLICIES: Readonly<Record<string, ManagedPolicy>> = {
  AdministratorAccess: everywhere('*'),
  AmazonAPIGatewayInvokeFullAccess: {
    actions: ['execute-api:Invoke', 'execute-api:ManageConnections'],
    resources: ['arn:*:execute-api:*:*:*'],
  },
  AmazonDynamoDBFullAccess: everywhere('dynamodb:*'),
  AmazonDynamoDBFullAccess_v2: everywhere('dynamodb:*'),
  AmazonDynamoDBReadOnlyAccess: everywhere(
    'dynamodb:BatchGetItem',
    'dynamodb:Describe*',
    'dynamodb:Get*',
    'dynamodb:List*',
    'dynamodb:PartiQLSelect',
    'dynamodb:Query',
    'dynamodb:Scan',
  ),
  AmazonSQSFullAccess: everywhere('sqs:*'),
  AmazonSQSReadOnlyAccess: everywhere(
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:ListDeadLetterSourceQueues',
    'sqs:ListMessageMoveTasks',
    'sqs:ListQueues',
    'sqs:ListQueueTags',
  ),
  AWSXRayDaemonWriteAccess: everywhere('xray:*'),
  AWSXrayWriteOnlyAccess: everywhere('xray:*'),
  CloudWatchLambdaInsightsExecutionRolePolicy: everywhere(...LOGS),
  'service-role/AWSLambdaBasicExecutionRole': everywhere(...LOGS),
  'service-role/AWSLambdaDynamoDBExecutionRole': everywhere(
    ...LOGS,
    'dynamodb:DescribeStream',
    'dynamodb:GetRecords',
    'dynamodb:GetShardIterator',
    'dynamodb:ListStreams',
  ),
  'service-role/AWSLambdaRole': everywhere('lambda:InvokeFunction'),
  'service-role/AWSLambdaSQSQueueExecutionRole': everywhere(
    ...LOGS,
    'sqs:ReceiveMessage',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
  ),
  'service-role/AWSLambdaVPCAccessExecutionRole': everywhere(...LOGS, 'ec2:*'),
};
