import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
RUNTIME = os.path.join(HERE, "..", "..", "runtime")
sys.path[:0] = [os.path.normpath(RUNTIME), HERE]

for name in ("API_GATEWAY_BASE_PATH", "STRIP_STAGE_PATH", "AWS_EXECUTION_ENV", "AWS_LAMBDA_MAX_CONCURRENCY"):
    os.environ.pop(name, None)
