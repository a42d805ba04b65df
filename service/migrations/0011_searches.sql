-- How often people search, and how often nothing is found: two numbers a day, and nothing of who or for what.

create table searches (
    -- A day of the company.
    day date constraint searches_pkey primary key,
    asked bigint not null,
    without_result bigint not null,
    constraint searches_plausible check (without_result between 0 and asked)
);
