# SPDX-License-Identifier: Apache-2.0
"""Flask."""

import flask
import tpc.flask

application = flask.Flask(__name__)
tpc.flask.TPC(application)


@application.route("/page/<number>")
def page(number):
    return "<h1>page</h1>"
