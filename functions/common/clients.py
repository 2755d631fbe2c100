"""AWS clients: made when first asked for, once, and the same for everyone."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_athena import AthenaClient
    from mypy_boto3_cloudfront import CloudFrontClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_pinpoint_sms_voice_v2 import PinpointSMSVoiceV2Client
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sesv2 import SESV2Client
    from mypy_boto3_sns import SNSClient
    from mypy_boto3_sqs import SQSClient


@cache
def _client(name: str, attempts: int = 5) -> Any:
    import boto3
    from botocore.config import Config

    config = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": attempts}, tcp_keepalive=True)
    return boto3.client(name, config=config)  # type: ignore[call-overload]  # a name in a variable fits none of the overloads


def athena() -> AthenaClient:
    """Amazon Athena."""
    made: AthenaClient = _client("athena")
    return made


def dynamodb() -> DynamoDBClient:
    """Amazon DynamoDB."""
    made: DynamoDBClient = _client("dynamodb")
    return made


def events() -> EventBridgeClient:
    """Amazon EventBridge."""
    made: EventBridgeClient = _client("events")
    return made


def cloudfront() -> CloudFrontClient:
    """Amazon CloudFront."""
    made: CloudFrontClient = _client("cloudfront")
    return made


def kms() -> KMSClient:
    """AWS Key Management Service."""
    made: KMSClient = _client("kms")
    return made


def s3() -> S3Client:
    """Amazon S3."""
    made: S3Client = _client("s3")
    return made


def secrets() -> SecretsManagerClient:
    """AWS Secrets Manager."""
    made: SecretsManagerClient = _client("secretsmanager")
    return made


def ses() -> SESV2Client:
    """Amazon SES, version 2 of its API. Never tried again by itself: a lost answer may be a sent email."""
    made: SESV2Client = _client("sesv2", attempts=1)
    return made


def sns() -> SNSClient:
    """Amazon SNS. Never tried again by itself: a lost answer may be a sent text."""
    made: SNSClient = _client("sns", attempts=1)
    return made


def texts() -> PinpointSMSVoiceV2Client:
    """AWS End User Messaging. Never tried again by itself: a lost answer may be a sent text."""
    made: PinpointSMSVoiceV2Client = _client("pinpoint-sms-voice-v2", attempts=1)
    return made


def sqs() -> SQSClient:
    """Amazon SQS."""
    made: SQSClient = _client("sqs")
    return made


def queue_url(arn: str) -> str:
    """The address of a queue by its ARN: that of SQS in this stage, which on a laptop is the emulator's."""
    region, account, name = arn.split(":")[3:6]
    return f"{sqs().meta.endpoint_url or f'https://sqs.{region}.amazonaws.com'}/{account}/{name}"
