"""Events that are no HTTP requests, with the fields that AWS documents for each source."""

import base64
import gzip
import json

ACCOUNT = "eu-west-1:123456789012"


def scheduled_rule(name="nightly", bus=""):
    """ "Creating an EventBridge rule that runs on a schedule"."""
    return {
        "version": "0", "id": "53dc4d37", "detail-type": "Scheduled Event", "source": "aws.events", "account": "123456789012",
        "time": "2026-11-22T00:00:00Z", "region": "eu-west-1", "detail": {},
        "resources": [f"arn:aws:events:{ACCOUNT}:rule/{bus}{name}"],
    }  # fmt: skip


def schedule(name="nightly", group="default"):
    """EventBridge Scheduler without an input of its own: here `detail` is a string."""
    arn = f"arn:aws:scheduler:{ACCOUNT}:schedule/{group}/{name}"
    return {**scheduled_rule(), "source": "aws.scheduler", "resources": [arn], "detail": "{}"}


def eventbridge(source="my.app", detail_type="Order placed"):
    return {**scheduled_rule(), "source": source, "detail-type": detail_type, "resources": [], "detail": {"id": 5}}


def sqs(*bodies, queue="orders"):
    return {"Records": [_message(number, body, queue) for number, body in enumerate(bodies or ("one",), 1)]}


def _message(number, body, queue):
    message = {
        "messageId": f"message-{number}", "receiptHandle": "AQEB", "body": body, "messageAttributes": {}, "md5OfBody": "0",
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1790000000000", "SenderId": "AIDA"},
        "eventSource": "aws:sqs", "eventSourceARN": f"arn:aws:sqs:{ACCOUNT}:{queue}", "awsRegion": "eu-west-1",
    }  # fmt: skip
    if queue.endswith(".fifo"):
        message["attributes"].update(MessageGroupId="group", SequenceNumber="18849496460467696128")
    return message


def sns(topic="news"):
    arn = f"arn:aws:sns:{ACCOUNT}:{topic}"
    notification = {
        "Type": "Notification", "MessageId": "95df01b4", "TopicArn": arn, "Subject": None, "Message": "hello",
        "Timestamp": "2026-11-22T00:00:00.000Z", "SignatureVersion": "1", "MessageAttributes": {},
    }  # fmt: skip
    record = {"EventVersion": "1.0", "EventSubscriptionArn": f"{arn}:21be56ed", "EventSource": "aws:sns", "Sns": notification}
    return {"Records": [record]}


def s3(bucket="uploads"):
    notification = {
        "s3SchemaVersion": "1.0", "configurationId": "c",
        "bucket": {"name": bucket, "ownerIdentity": {"principalId": "A"}, "arn": f"arn:aws:s3:::{bucket}"},
        "object": {"key": "a+b.png", "size": 1024, "eTag": "d41d8cd9", "sequencer": "0055AED6DCD90281E5"},
    }  # fmt: skip
    record = {"eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "eu-west-1", "eventName": "ObjectCreated:Put"}
    return {"Records": [{**record, "s3": notification}]}


def dynamodb(*keys, table="Orders"):
    return {"Records": [_change(number, key, table) for number, key in enumerate(keys or ("one",), 1)]}


def _change(number, key, table):
    change = {"Keys": {"Id": {"S": key}}, "NewImage": {"Id": {"S": key}}, "StreamViewType": "NEW_IMAGE", "SizeBytes": 26}
    return {
        "eventID": f"id-{number}", "eventVersion": "1.1", "eventName": "INSERT", "awsRegion": "eu-west-1",
        "eventSource": "aws:dynamodb", "dynamodb": {**change, "SequenceNumber": f"sequence-{number}"},
        "eventSourceARN": f"arn:aws:dynamodb:{ACCOUNT}:table/{table}/stream/2026-11-22T00:00:00.000",
    }  # fmt: skip


def kinesis(*data, stream="clicks", consumer=""):
    return {"Records": [_data(number, text, stream, consumer) for number, text in enumerate(data or ("one",), 1)]}


def _data(number, text, stream, consumer):
    content = {"kinesisSchemaVersion": "1.0", "partitionKey": "1", "data": base64.b64encode(text.encode()).decode()}
    return {
        "kinesis": {**content, "sequenceNumber": f"sequence-{number}", "approximateArrivalTimestamp": 1790000000.0},
        "eventSource": "aws:kinesis", "eventVersion": "1.0", "eventID": f"shardId-000000000006:sequence-{number}",
        "eventName": "aws:kinesis:record", "awsRegion": "eu-west-1", "invokeIdentityArn": "arn:aws:iam::123456789012:role/r",
        "eventSourceARN": f"arn:aws:kinesis:{ACCOUNT}:stream/{stream}{consumer}",
    }  # fmt: skip


def cognito(trigger="PreSignUp_SignUp"):
    return {
        "version": "1", "region": "eu-west-1", "userPoolId": "eu-west-1_1", "userName": "ada", "triggerSource": trigger,
        "callerContext": {"awsSdkVersion": "1", "clientId": "1"}, "request": {"userAttributes": {}}, "response": {},
    }  # fmt: skip


def compressed(data):
    return base64.b64encode(gzip.compress(data)).decode()


def logs(group="/aws/lambda/shop"):
    content = {"messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": group, "logStream": "s", "logEvents": []}
    return {"awslogs": {"data": compressed(json.dumps(content).encode())}}


def kafka(topic="clicks", source="aws:kafka"):
    record = {"topic": topic, "partition": 0, "offset": 15, "timestamp": 1790000000000, "timestampType": "CREATE_TIME",
              "key": "a2V5", "value": "aGVsbG8=", "headers": []}  # fmt: skip
    return {"eventSource": source, "bootstrapServers": "b-1.kafka:9092", "records": {f"{topic}-0": [record]}}


def activemq(queue="orders"):
    message = {"messageID": "ID:b-1", "messageType": "jms/text-message", "data": "aGVsbG8=", "redelivered": False,
               "destination": {"physicalName": queue}}  # fmt: skip
    return {"eventSource": "aws:mq", "eventSourceArn": f"arn:aws:mq:{ACCOUNT}:broker:b:b-1", "messages": [message]}


def rabbitmq(queue="orders"):
    message = {"basicProperties": {"contentType": "text/plain"}, "redelivered": False, "data": "aGVsbG8="}
    arn = f"arn:aws:mq:{ACCOUNT}:broker:b:b-1"
    return {"eventSource": "aws:rmq", "eventSourceArn": arn, "rmqMessagesByQueue": {f"{queue}::/": [message]}}


def websocket(route="$connect", kind="CONNECT"):
    context = {"routeKey": route, "eventType": kind, "connectionId": "c1=", "messageDirection": "IN", "stage": "live",
               "domainName": "a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com", "apiId": "a1b2c3d4e5", "requestId": "r"}  # fmt: skip
    return {"headers": {"Host": context["domainName"]}, "requestContext": context, "isBase64Encoded": False}
