"""What every way of starting gunicorn shares."""

# A scope check asks in its address, with the customer's own words: 500 characters of Japanese.
limit_request_line = 8190
# Without what was asked for: names, phone numbers and those words are nobody's to keep.
access_log_format = '%(h)s %(t)s "%(m)s %(U)s %(H)s" %(s)s %(b)s %(M)sms'
