Feature: Passwords

  A password is known to its owner alone. OptiInfra keeps something from which nobody can work it out, and lets it slip nowhere else. What
  makes a good password is out of scope here.

  Background:
    Given customer "Northwind" has signed up

  @REQ-SEC-008 @needs_records
  Rule: A password must be stored only as a salted memory-hard hash and never appear in an answer, event, log or report

    Scenario: Two people with the same password have nothing in common on record
      When two colleagues of "Northwind" are added with the same password
      Then each password of "Northwind" is kept as a memory-hard hash, salted by itself

    Scenario: A password in use is nowhere to be found
      When a colleague of "Northwind" is added, logs in, mistypes and logs out
      Then the password is on no record and in no answer, event, log or report

    Scenario: A password in the wrong place is nowhere to be found
      When the password of "Northwind" stands in every other place at sign-up and login
      Then the password is on no record and in no answer, event, log or report
