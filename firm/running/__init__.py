"""What `manage.py up` runs side by side, and the one who watches over it."""
