#!/bin/sh
# Any other CI, or a laptop, by the command line. What a run is about stands in its arguments:
#
#   ./previews.sh deploy          what a push to main does
#   ./previews.sh preview 7       what pull request 7 gets
#   ./previews.sh destroy 7       when it is closed
#   ./previews.sh sweep           each night
#
# Credentials of AWS come from the environment. Previews carry the number of their repository, which stays where its name
# changes; GitHub and GitLab tell it to their runs, and anybody else says it here.
set -eu
export AWS_REGION="${AWS_REGION:-eu-west-1}"
export WSGI_LAMBDA_FUNCTION_NAME=shop
export GITHUB_REPOSITORY=octocat/shop
export GITHUB_REPOSITORY_ID=1296269

case "${1:-}" in
  deploy) npx wsgi-lambda deploy ;;
  preview) npx wsgi-lambda preview --pr "$2" ;;
  destroy) npx wsgi-lambda destroy --pr "$2" ;;
  sweep) npx wsgi-lambda sweep ;;
  *)
    echo "usage: $0 deploy | preview NUMBER | destroy NUMBER | sweep" >&2
    exit 2
    ;;
esac
