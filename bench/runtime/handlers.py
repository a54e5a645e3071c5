"""Each handler as its own documentation sets it up, with binary answers on. Nothing is imported before it is made."""


def wsgi_lambda(app):
    from wsgi_lambda import make_handler

    return make_handler(app)


def apig_wsgi(app):
    from apig_wsgi import make_lambda_handler

    return make_lambda_handler(app, binary_support=True)


def aws_wsgi(app):
    import awsgi

    def handler(event, context):
        return awsgi.response(app, event, context, base64_content_types={"image/png"})

    return handler


def serverless_wsgi(app):
    from serverless_wsgi import handle_request

    def handler(event, context):
        return handle_request(app, event, context)

    return handler


def zappa(app):
    """Zappa finds its settings and the application by their modules' names."""
    import sys

    settings = type(sys)("zappa_settings")
    settings.__dict__.update(
        API_STAGE="live",
        APP_FUNCTION=app.__name__,
        APP_MODULE=app.__module__,
        BINARY_SUPPORT=True,
        CONTEXT_HEADER_MAPPINGS={},
        DEBUG=False,
        DJANGO_SETTINGS=None,
        DOMAIN=None,
        ENVIRONMENT_VARIABLES={},
        EXCEPTION_HANDLER=None,
        LOG_LEVEL="ERROR",  # no access log, which no other handler writes
        PROJECT_NAME="bench",
    )
    sys.modules["zappa_settings"] = settings
    from zappa.handler import LambdaHandler

    LambdaHandler()
    return LambdaHandler.lambda_handler


def mangum(app):
    from a2wsgi import WSGIMiddleware
    from mangum import Mangum

    return Mangum(WSGIMiddleware(app))


HANDLERS = {
    "wsgi-lambda": wsgi_lambda,
    "apig-wsgi": apig_wsgi,
    "aws-wsgi": aws_wsgi,
    "serverless-wsgi": serverless_wsgi,
    "Zappa": zappa,
    "Mangum + a2wsgi": mangum,
}
