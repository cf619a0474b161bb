"""What contracts say: kinds of terms, templates to start from, terms in force, words."""
