# SPDX-License-Identifier: Apache-2.0
"""A Flask application."""

import flask
import tpc.flask

application = flask.Flask(__name__)


def added(request, response):
    return {"page": {"title": f"Page {request.view_args['name']}"}, "properties": {"status": response.status}}


tpc.flask.TPC(application, event=added)


@application.route("/page/<name>")
def page(name):
    return f"<h1>{name}</h1>"
