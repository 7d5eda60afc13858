Feature: Discovery of a customer's fleet

  Everything that OptiInfra advises rests on what it has found, so a node that is overlooked costs money and a node that is invented costs
  trust. It looks into the account and the region that the customer named, and at all that runs there. What the agents make of it is out of
  scope here.

  Background:
    Given a company like "Northwind" with 3 inference nodes on demand

  @REQ-JRN-004
  Rule: Discovery must find every running instance and model deployment of the customer's account and nothing of anybody else's

    Scenario: A fleet that fills several pages is found whole
      Given the company also runs a deployment "search"
      And the company also runs 4 nodes that serve nothing
      And the cloud lists two things on a page
      When the company signs up and lets OptiInfra into its cloud
      Then OptiInfra knows the whole fleet and nothing else

    Scenario: What is stopped or terminated is no part of the fleet
      Given the company has stopped one of its nodes and terminated another
      When the company signs up and lets OptiInfra into its cloud
      Then OptiInfra knows the whole fleet and nothing else
      And the dashboard's spend is what usage and prices give

    Scenario: Nodes of one tag are one deployment, and nodes without a tag belong to none
      Given the company also runs a deployment "search"
      And the company also runs 1 node that serves nothing
      When the company signs up and lets OptiInfra into its cloud
      Then OptiInfra knows the whole fleet and nothing else
      And every deployment is known with its model, its settings and its traffic

    Scenario: Two customers are known apart
      Given customer "Tinker" runs 1 inference node on demand
      When the company signs up and lets OptiInfra into its cloud
      Then OptiInfra knows the whole fleet and nothing else
      And what OptiInfra knows of "Tinker" is the fleet of "Tinker" alone

    Scenario: Only the region that the customer named is looked into
      Given the company also runs 1 node in "eu-west-1"
      When the company signs up and lets OptiInfra into its cloud
      Then OptiInfra knows the whole fleet and nothing else

    Scenario: A node that starts later is found without asking
      Given the company has joined OptiInfra
      When the company launches 1 node that serves nothing
      Then OptiInfra knows the whole fleet within 10 minutes
